// A verifier of JWTs and nothing more, its key set given: it fetches key sets over HTTPS only.
const { readFileSync } = require("node:fs");
const { JwtVerifier } = require("aws-jwt-verify");

const verifier = JwtVerifier.create({
  issuer: `${process.env.SUPERTOKENS_API_DOMAIN}/auth`,
  audience: null,
  jwksUri: "https://core.invalid/.well-known/jwks.json",
});
verifier.cacheJwks(JSON.parse(readFileSync(process.env.SUPERTOKENS_JWKS_FILE, "utf8")));

exports.handler = async (event) => {
  const cookie = (event.cookies ?? []).find((found) => found.startsWith("sAccessToken="));
  if (cookie === undefined) {
    return { statusCode: 401 };
  }
  try {
    const claims = verifier.verifySync(cookie.slice("sAccessToken=".length));
    return { statusCode: 200, headers: { "content-type": "text/html" }, body: `Hello ${claims.sub}` };
  } catch {
    return { statusCode: 401 };
  }
};
