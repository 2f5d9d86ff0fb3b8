import BitcainAPI
import CommandLine
import CryptFolioAPI
import HTTPServer
import OAuth
import OpenAPI
import OperatorsAPI
import Pages
import Services
import TrustVaultAPI

/// The document over everything that is served on the public listener, and what operators manage on theirs.
enum PublicDocument {
    static let info = OpenAPIDocument.Info(
        title: "Coffer",
        version: VersionCommand.version,
        text: """
            A self-hosted crypto portfolio server with one exact double-entry ledger. Amounts and money are texts, \
            exact to 18 decimals; instants are ISO 8601 in UTC.
            """,
        licence: "Apache-2.0"
    )

    /// The document as it is printed, without a server.
    static func render(
        hasOpenReads: Bool = false,
        revision: CryptFolioRevision = .r2018_01,
        limits: TrackingLimits = TrackingLimits()
    ) -> [UInt8] {
        let descriptions =
            BitcainAPI.descriptions(hasOpenReads: hasOpenReads)
            + CryptFolioAPI.descriptions(revision, limits: limits)
            + TrustVaultAPI.descriptions + OAuthServer.descriptions
            + OperatorsAPI.descriptions + OperatorsAPI.managementDescriptions + OpenAPI.descriptions
        return OpenAPIDocument(info: info, routes: descriptions).render()
    }

    /// All routers of the public listener: the dialects, OAuth, the operators' health, the document over them, and pages.
    static func routers(
        _ workspace: Workspace,
        _ bitcain: BitcainAPI,
        _ cryptfolio: CryptFolioAPI,
        _ trustvault: TrustVaultAPI,
        _ oauth: OAuthServer,
        pages: Pages? = nil
    ) -> [Router] {
        documented(
            [
                bitcain.router, cryptfolio.router, trustvault.router, oauth.router,
                OperatorsAPI.publicRouter(workspace: workspace),
            ],
            [pages?.router, trustvault.graphiql].compactMap(\.self),
            beside: OperatorsAPI.managementDescriptions
        )
    }

    /// All routers of the listener beside, which serves CryptFolio's API in its other revision, and what its clients need.
    static func routers(
        _ workspace: Workspace,
        beside cryptfolio: CryptFolioAPI,
        _ oauth: OAuthServer,
        pages: Pages? = nil
    ) -> [Router] {
        documented(
            [cryptfolio.router, oauth.router, OperatorsAPI.publicRouter(workspace: workspace)],
            [pages?.router].compactMap(\.self)
        )
    }

    private static func documented(
        _ routers: [Router],
        _ pages: [Router],
        beside: [RouteDescription] = []
    ) -> [Router] {
        routers + [OpenAPI.router(info: info, over: routers, beside: beside)] + pages
    }
}

/// `coffer openapi`.
enum OpenAPICommand {
    static func perform(_ context: CommandContext) throws -> ExitCode {
        let document = PublicDocument.render(
            hasOpenReads: context.settings.boolean("bitcain.open_reads"),
            revision: PublicServing.revision(context.settings),
            limits: TrackingSettingSpecs.limits(context.settings)
        )
        guard let typed = context.command.value("output") else {
            context.output.writeJSON(document)
            return .ok
        }
        let path = context.path(typed)
        try FileTarget.write(to: path) { write in try write(document + [UInt8(ascii: "\n")]) }
        if context.json {
            context.output.writeJSON(Array("{\"bytes\":\(document.count + 1)}".utf8))
        } else {
            context.output.line("written to \(path)")
        }
        return .ok
    }
}
