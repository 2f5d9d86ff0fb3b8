import BitcainAPI
import HTTPServer
import SchemaSupport
import Testing

@Suite("Descriptions of bitcain's routes")
private struct DescriptionTests {
    @Test func `every route is described, with every parameter of its path`() throws {
        try withFixture { fixture in
            #expect(RouteCheck.problems([fixture.api.router]).isEmpty)
        }
    }

    @Test func `every example has the form that is documented for it`() throws {
        #expect(try DocumentCheck(routes: BitcainAPI.descriptions).ownProblems.isEmpty)
    }
}
