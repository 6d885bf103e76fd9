import { createRoot } from "react-dom/client";
import SuperTokens, { SuperTokensWrapper } from "supertokens-auth-react";
import EmailPassword from "supertokens-auth-react/recipe/emailpassword";
import { EmailPasswordPreBuiltUI } from "supertokens-auth-react/recipe/emailpassword/prebuiltui";
import Session, { SessionAuth } from "supertokens-auth-react/recipe/session";
import { canHandleRoute, getRoutingComponent } from "supertokens-auth-react/ui";

import { Account } from "./account";
import { redirectBack } from "./redirect-back";

const UI = [EmailPasswordPreBuiltUI];

SuperTokens.init({
  appInfo: {
    appName: "supertokens-lambda",
    apiDomain: location.origin,
    apiBasePath: "/auth",
    websiteDomain: location.origin,
    websiteBasePath: "/auth",
  },
  recipeList: [EmailPassword.init(), Session.init({ tokenTransferMethod: "cookie" })],
  getRedirectionURL: async (context) => {
    if (context.action === "TO_AUTH") return "/auth";
    if (context.action === "SUCCESS") return redirectBack() ?? context.redirectToPath ?? "/app";
    return undefined;
  },
});

function Page() {
  if (canHandleRoute(UI)) return getRoutingComponent(UI);
  return (
    <SessionAuth>
      <Account />
    </SessionAuth>
  );
}

createRoot(document.getElementById("root")!).render(
  <SuperTokensWrapper>
    <Page />
  </SuperTokensWrapper>,
);
