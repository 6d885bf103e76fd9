/** Refreshes the session by SuperTokens' browser SDK, under its lock across tabs, and goes back to the page. */

import SuperTokens from "supertokens-web-js";
import Session from "supertokens-web-js/recipe/session";

import { isLooping, leaveEvidence } from "./evidence.js";
import { isLocal } from "./redirects.js";

const given = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
const target = given.target ?? "";
const serverRefresh = given.serverRefresh ?? "";

/** @param {"refreshing" | "unreachable" | "looping"} state */
function show(state) {
  for (const part of document.querySelectorAll("[data-state]")) {
    part.toggleAttribute("hidden", part.getAttribute("data-state") !== state);
  }
}

async function refresh() {
  show("refreshing");
  let isRefreshed;
  try {
    isRefreshed = await Session.attemptRefreshingSession();
  } catch {
    show("unreachable"); // for now: the session is as it was
    return;
  }
  const never = [location.pathname, new URL(serverRefresh, location.href).pathname];
  if (isRefreshed && isLocal(target, never)) {
    leaveEvidence();
    location.replace(target);
  } else {
    // The session is over, or the browser SDK takes it to be: the server knows, clears what is left, and leads on.
    location.replace(serverRefresh);
  }
}

SuperTokens.init({
  appInfo: { appName: given.appName ?? "", apiDomain: given.apiDomain ?? "", apiBasePath: given.apiBasePath ?? "" },
  recipeList: [
    Session.init({ tokenTransferMethod: "cookie", sessionTokenFrontendDomain: given.cookieDomain || undefined }),
  ],
});
document.querySelector("button")?.addEventListener("click", refresh);
if (isLooping()) show("looping");
else refresh();
