/**
 * What a refresh leaves behind in this tab, so that a loop is recognised by evidence, not by a count.
 *
 * Whoever is sent here again, seconds later and with the very token that the refresh gave, has a session that the site
 * does not accept. A token that has expired since, or that another tab or another sign-in has replaced, is no loop.
 */

const KEY = "supertokens-lambda.refreshed";
const LIFETIME = 10_000; // milliseconds, as of the server's own evidence

/** Keep which token a refresh has given. */
export function leaveEvidence() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ at: Date.now(), token: frontToken() }));
  } catch {
    // Without storage a loop is not recognised here; the server still recognises its loops.
  }
}

/** Check whether the token of the last refresh was refused. */
export function isLooping() {
  try {
    const { at, token } = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return token === frontToken() && Math.abs(Date.now() - at) < Math.min(LIFETIME, lifetimeOf(token));
  } catch {
    return false;
  }
}

/** Return what the browser SDK knows of the access token: the last of several cookies, as it reads them. */
function frontToken() {
  const name = "sFrontToken=";
  const found = document.cookie.split("; ").filter((cookie) => cookie.startsWith(name));
  return decodeURIComponent(found.pop()?.slice(name.length) ?? "");
}

/**
 * Return how long a token lives, by the clock of the server alone: that of this device may differ.
 *
 * @param {string} token
 * @returns {number} Milliseconds.
 */
function lifetimeOf(token) {
  const { exp, iat } = token ? JSON.parse(atob(token)).up : { exp: Infinity, iat: 0 };
  return (exp - iat) * 1000;
}
