import SuperTokens from "supertokens-web-js";
import Session from "supertokens-web-js/recipe/session";

SuperTokens.init({
  appInfo: { appName: "tests", apiDomain: location.origin, apiBasePath: "/auth" },
  recipeList: [
    Session.init({
      tokenTransferMethod: "cookie",
      sessionTokenFrontendDomain: document.currentScript.dataset.cookieDomain || undefined,
    }),
  ],
});

window.Session = Session;
