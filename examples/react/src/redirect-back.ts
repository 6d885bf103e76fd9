import { isLocal } from "../../../functions/refresh_session/browser/redirects.js";

/** Where a page of the server's sent the visitor to sign in from; nothing where that is no page of this site. */
export function redirectBack(): string | undefined {
  // Not URLSearchParams, which makes a blank of a plus.
  const given = /[?&]redirectBack=([^&]*)/.exec(location.search)?.[1];
  try {
    const target = decodeURIComponent(given ?? "");
    return isLocal(target, ["/refresh-session", "/auth"]) ? target : undefined;
  } catch {
    return undefined; // no UTF-8
  }
}
