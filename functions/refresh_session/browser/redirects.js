/**
 * The rule of `redirectBack`, as supertokens_lambda/_http/redirects.py has it and says why.
 *
 * The server has checked the target before; both are driven by the same vectors.
 */

const MAX_LENGTH = 4096; // of the encoded target
const MAX_DEPTH = 8;

const TARGET = new RegExp(
  "^(/(?!/|%(?![0-9A-Fa-f]{2}))[!$-;=@-\\[\\]^_a-z|~]*)(?:\\?[!$-;=?-~]*)?(?:#[!#-;=?-_a-z{-~]*)?$",
);
const FORBIDDEN = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const OVERLONG = /%c[01]%[89ab]|%e0%[89]|%f0%8/i;
const SLASHES = /[\/\\\u2044\u2215\u2216\u29f5\u29f8\u29f9]/;
const NOT_SHOWN = /[\p{C}\p{Z}\ufffd]/gu;

/**
 * Check whether a target is a local path by the grammar, within the bound, and none of the paths in `never`.
 *
 * @param {string} target Path, query and fragment.
 * @param {string[]} [never] Paths that must not be gone back to: the refresh itself.
 * @returns {boolean}
 */
export function isLocal(target, never = []) {
  const path = target.length <= MAX_LENGTH ? TARGET.exec(target)?.[1] : undefined;
  if (path === undefined || encodedLength(target) > MAX_LENGTH) return false;
  const segments = plainSegments(path);
  if (segments === null) return false;
  const decoded = segments
    .filter(Boolean)
    .map((segment) => `/${segment}`)
    .join("");
  return !never.some((avoided) => decoded === avoided || decoded.startsWith(`${avoided}/`));
}

/**
 * Return what shows of a path's segments, decoded, without parameters; null if one of them is not allowed.
 *
 * @param {string} path
 */
function plainSegments(path) {
  if (path === "/") return [];
  const decoded = plain(path);
  if (decoded === null || FORBIDDEN.test(decoded)) return null;
  const segments = decoded
    .split(SLASHES)
    .slice(1)
    .map((segment) => (segment.split(";", 1)[0] ?? "").replace(NOT_SHOWN, ""));
  return segments[0] && !segments.includes(".") && !segments.includes("..") ? segments : null;
}

/**
 * Decode and fold a path until nothing changes; null for one with overlong UTF-8, or encoded too often.
 *
 * @param {string} path
 */
function plain(path) {
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (OVERLONG.test(path)) return null;
    const again = path.replace(/(?:%[0-9A-Fa-f]{2})+/g, decode).normalize("NFKC");
    if (again === path) return path;
    path = again;
  }
  return null;
}

/** @param {string} escapes */
function decode(escapes) {
  const bytes = escapes
    .split("%")
    .slice(1)
    .map((hex) => parseInt(hex, 16));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array(bytes));
}

/** @param {string} target */
function encodedLength(target) {
  return target.length + 2 * target.replace(/[\w.~\/-]/g, "").length;
}
