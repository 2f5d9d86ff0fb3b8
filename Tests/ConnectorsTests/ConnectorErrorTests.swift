import HTTPClient
import Testing

@testable import Connectors

@Suite("Errors of services")
struct ConnectorErrorTests {
    @Test("a transport's error stays recognisable inside a connector's")
    func wrapping() {
        let error = ConnectorError.transport(.timedOut)
        #expect(error == .transport(.timedOut))
        #expect(error != .transport(.tooLarge(limit: 1)))
    }
}
