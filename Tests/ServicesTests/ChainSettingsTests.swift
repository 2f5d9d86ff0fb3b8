import Chains
import Connectors
import Crypto
import TestSupport
import Testing
import VenueSupport

@testable import Services

@Suite("Services of public chains") private struct ChainSettingsTests {
    @Test func `without an address nobody is asked, and a person is told so`() throws {
        var services = ChainServices(ChainSettings())
        for chain in Chain.allCases {
            #expect(try services.source(chain) == nil)
        }
        #expect(
            ChainSettings().reasonNotPolled(.litecoin)
                == "No service for Litecoin is named in chains.litecoin_url, so the address is kept and not polled"
        )
        var settings = ChainSettings()
        settings.urls[.litecoin] = "https://ltc.example/api"
        #expect(settings.reasonNotPolled(.litecoin) == nil)
        #expect(settings.reasonNotPolled(.bitcoin) != nil)
    }

    @Test func `each chain has the service that its kind needs`() throws {
        var settings = ChainSettings()
        for chain in Chain.allCases { settings.urls[chain] = "https://\(chain.code).example/api" }
        var services = ChainServices(settings)
        for chain in Chain.allCases {
            let source = try #require(try services.source(chain))
            #expect(source.chain == chain && source.hasHistory == (chain != .ethereum))
        }
    }

    @Test func `a service is made once, so that its pace holds for all`() throws {
        var settings = ChainSettings()
        settings.urls[.ethereum] = "https://node.example/v3"
        var services = ChainServices(settings)
        let first = try #require(try services.source(.ethereum) as? EthereumSource)
        #expect(try services.source(.ethereum) as? EthereumSource === first)
    }

    @Test func `what is set is what is used`() throws {
        let node = EthereumNode(height: 77)
        let server = node.serve(under: "/v3")
        defer { server.stop() }
        let chain = EsploraChain(.dogecoin, height: 88)
        var settings = ChainSettings()
        settings.urls[.ethereum] = server.base + "/v3/"
        settings.ethereumKey = Secret("a-key")
        settings.pacing = Pacing(gapMilliseconds: 0, attempts: 1)
        var services = ChainServices(settings)
        #expect(try services.source(.ethereum)?.fetchTip().height == 77)
        #expect(node.targets == ["/a-key"])
        #expect(server.requests.first?.header("user-agent") == "Coffer/0")
        settings.urls[.dogecoin] = "https://doge.example/api"
        settings.transport = chain.transport(base: "https://doge.example/api")
        services = ChainServices(settings)
        #expect(try services.source(.dogecoin)?.fetchTip().height == 88)
    }

    @Test(arguments: ["http://chain.example/api", "https://a.example/?x=1", "ftp://a.example", "", "x"])
    func `an address that may not be asked is refused`(url: String) {
        #expect(!ChainSettings.isAddress(url))
        var settings = ChainSettings()
        settings.urls[.bitcoin] = url
        var services = ChainServices(settings)
        #expect(throws: ConnectorError.self) { try services.source(.bitcoin) }
    }

    @Test func `a key that is no part of a path is refused and not shown`() {
        #expect(ChainSettings.isKey("abc-DEF_1.~") && !ChainSettings.isKey("a/b") && !ChainSettings.isKey(""))
        var settings = ChainSettings()
        settings.urls[.ethereum] = "https://node.example"
        settings.ethereumKey = Secret("hidden/../key")
        var services = ChainServices(settings)
        do throws(ConnectorError) {
            _ = try services.source(.ethereum)
            Issue.record("a key with a path was taken")
        } catch {
            #expect(error.description == "node.example: the key has characters that no path has")
        }
    }
}
