"""SuperTokens' SDK behind our request and response. This room alone imports `supertokens_python`, when it is needed."""
