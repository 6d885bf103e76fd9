/**
 * The rule of `redirectBack`, as supertokens_lambda/http/redirects.py has it and says why.
 *
 * The server has checked the target before; both are driven by the same vectors.
 */

const MAX_LENGTH = 4096;

const PCHAR = "[A-Za-z0-9\\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2}";
const TARGET = new RegExp(`^(/|(?:/(?:${PCHAR})+)+/?)(?:\\?(?:${PCHAR}|[/?\\[\\]{}|^])*)?$`);
const FORBIDDEN = /[\\\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const BLANK = /^[^\S\uFEFF]*$/;

/**
 * Tell whether a target is a local path by the grammar, and none of the paths in `never`.
 *
 * @param {string} target Path and query.
 * @param {string[]} [never] Paths that must not be gone back to: the refresh itself.
 * @returns {boolean}
 */
export function isLocal(target, never = []) {
  const path = target.length <= MAX_LENGTH ? TARGET.exec(target)?.[1] : undefined;
  if (path === undefined) return false;
  const segments = path.split("/").filter(Boolean).map(plain);
  if (segments.includes(null)) return false;
  const decoded = segments.map((segment) => `/${beforeSemicolon(segment ?? "")}`).join("");
  return !never.some((avoided) => decoded === avoided || decoded.startsWith(`${avoided}/`));
}

/**
 * Decode a segment until nothing is left to decode; null where what comes out is not allowed.
 *
 * @param {string} segment
 */
function plain(segment) {
  let decoded = segment;
  try {
    for (let again = decode(decoded); again !== decoded; again = decode(decoded)) decoded = again;
  } catch {
    return null; // no UTF-8
  }
  const folded = decoded.normalize("NFKC");
  const parts = folded.split("/").map(beforeSemicolon);
  if (BLANK.test(parts[0] ?? "") || parts.includes(".") || parts.includes("..")) return null;
  return FORBIDDEN.test(decoded) || FORBIDDEN.test(folded) ? null : decoded;
}

/** @param {string} text */
function decode(text) {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, decodeURIComponent);
}

/** @param {string} text */
function beforeSemicolon(text) {
  return text.split(";", 1)[0] ?? "";
}
