"""SuperTokens' SDK behind `Request` and `Response`. Only this package imports `supertokens_python`."""
