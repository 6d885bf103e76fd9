"""SuperTokens' documented way for Python on Lambda: FastAPI, the SDK's middleware, Mangum.

What the documentation adds and one page does not need is left out, in this one's favour: `nest_asyncio`, the CORS
middleware, and the thread that a handler without ``async`` is run on.
"""

from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse
from mangum import Mangum
from supertokens_python.framework.fastapi import get_middleware
from supertokens_python.recipe.session import SessionContainer
from supertokens_python.recipe.session.framework.fastapi import verify_session

from benchmarks.subjects.sdk_init import start

start()
app = FastAPI()
app.add_middleware(get_middleware())  # type: ignore[no-untyped-call]  # the SDK leaves this one without types


@app.get("/dashboard")
async def dashboard(session: Annotated[SessionContainer, Depends(verify_session())]) -> HTMLResponse:
    """Answer the page."""
    return HTMLResponse(f"Hello {session.get_user_id()}")


handler = Mangum(app)
