// SuperTokens' SDK for Node.js with its Lambda framework, started and used as its documentation does.
const supertokens = require("supertokens-node");
const EmailPassword = require("supertokens-node/recipe/emailpassword");
const Session = require("supertokens-node/recipe/session");
const { verifySession } = require("supertokens-node/recipe/session/framework/awsLambda");

supertokens.init({
  framework: "awsLambda",
  supertokens: { connectionURI: process.env.SUPERTOKENS_CONNECTION_URI },
  appInfo: {
    appName: "benchmarks",
    apiDomain: process.env.SUPERTOKENS_API_DOMAIN,
    websiteDomain: process.env.SUPERTOKENS_WEBSITE_DOMAIN,
    apiBasePath: "/auth",
    websiteBasePath: "/auth",
  },
  recipeList: [EmailPassword.init(), Session.init()],
  isInServerlessEnv: true,
});

exports.handler = verifySession(async (event) => ({
  statusCode: 200,
  headers: { "content-type": "text/html" },
  body: `Hello ${event.session.getUserId()}`,
}));
