// A library inside GraphiQL assigns this global; where it is not there it asks for code made from text, which the page forbids.
var regeneratorRuntime;
