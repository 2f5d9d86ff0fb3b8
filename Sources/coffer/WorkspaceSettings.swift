import CommandLine
import Crypto
import HTTPServer
import Services
import Valuation

/// Turns the program's settings into what the rooms take.
enum WorkspaceSettings {
    static func configuration(_ settings: Settings, folder: String) throws -> WorkspaceConfiguration {
        var configuration = WorkspaceConfiguration(folder: folder)
        configuration.valuation = ValuationSettings(
            coinFreshSeconds: settings.duration("prices.stale_after_coins").components.seconds,
            fiatFreshSeconds: settings.duration("prices.stale_after_fiat").components.seconds
        )
        configuration.priceServices = PriceSettings.services(settings)
        configuration.cacheBytesMax = settings.integer("cache.bytes_max")
        let memory = settings.integer("password.memory") >> 20
        guard let cost = PasswordCost(memoryMiB: memory, passes: settings.integer("password.passes")) else {
            preconditionFailure("the table of settings allows only costs above the floor")
        }
        configuration.passwordCost = cost
        let keyFile = settings.text("connections.key_file")
        configuration.connections.keyFile = keyFile.hasPrefix("/") ? keyFile : folder + "/" + keyFile
        configuration.connections.coinbaseURL = settings.text("connections.coinbase_url")
        configuration.connections.krakenURL = settings.text("connections.kraken_url")
        configuration.connections.binanceUSURL = settings.text("connections.binanceus_url")
        configuration.connections.syncEverySeconds =
            settings.duration("connections.sync_every").components.seconds
        configuration.connections.firstRetrySeconds =
            settings.duration("connections.retry_after").components.seconds
        configuration.connections.retrySecondsMax =
            settings.duration("connections.retry_after_max").components.seconds
        configuration.connections.refusedSeconds =
            settings.duration("connections.retry_refused_after").components.seconds
        configuration.connections.connectionsPerUser = settings.integer("connections.accounts_max")
        configuration.connections.pagesPerSync = settings.integer("connections.reading_pages_max")
        configuration.connections.proxy = settings.textIfSet("connections.proxy")
        configuration.connections.version = VersionCommand.version
        configuration.chains = ChainSettingSpecs.chains(settings)
        configuration.tracking = TrackingSettingSpecs.limits(settings)
        configuration.signIn.accessSeconds =
            settings.duration("bitcain.access_token_life").components.seconds
        configuration.signIn.refreshIdleSeconds =
            settings.duration("bitcain.refresh_token_idle").components.seconds
        configuration.signIn.refreshTotalSeconds =
            settings.duration("bitcain.refresh_token_life").components.seconds
        configuration.oauth.issuer = settings.textIfSet("http.public_url")
        configuration.oauth.accessSeconds =
            settings.duration("oauth.access_token_life").components.seconds
        configuration.oauth.refreshIdleSeconds =
            settings.duration("oauth.refresh_token_idle").components.seconds
        configuration.oauth.refreshTotalSeconds =
            settings.duration("oauth.refresh_token_life").components.seconds
        configuration.oauth.isChallengeRequired = settings.boolean("oauth.require_pkce")
        configuration.pageSessions.idleSeconds =
            settings.duration("pages.session_idle").components.seconds
        configuration.pageSessions.totalSeconds =
            settings.duration("pages.session_life").components.seconds
        return configuration
    }

    static func httpLimits(_ settings: Settings) -> HTTPLimits {
        var limits = HTTPLimits()
        limits.headBytes = settings.integer("http.head_bytes_max")
        limits.targetBytes = settings.integer("http.target_bytes_max")
        limits.headers = settings.integer("http.headers_max")
        limits.connections = settings.integer("http.connections_max")
        limits.connectionsPerAddress = settings.integer("http.connections_per_address_max")
        limits.requestsInFlight = settings.integer("http.in_flight_max")
        limits.requestsQueued = settings.integer("http.queue_max")
        limits.headSeconds = settings.duration("http.head_deadline").inSeconds
        limits.bodySeconds = settings.duration("http.body_deadline").inSeconds
        limits.idleSeconds = settings.duration("http.idle_deadline").inSeconds
        limits.answerSeconds = limits.idleSeconds
        return limits
    }
}

extension Duration {
    /// The time span in seconds, for deadlines of sockets.
    var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
