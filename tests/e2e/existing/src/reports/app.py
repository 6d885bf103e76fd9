from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from mangum import Mangum

app = FastAPI(openapi_url=None)


@app.get("/reports/{name}")
def report(name: str) -> HTMLResponse:
    return HTMLResponse(f"<h1>Report {name.title()}</h1>")


handler = Mangum(app, lifespan="off")
