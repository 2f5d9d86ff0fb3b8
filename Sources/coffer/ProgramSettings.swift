import CommandLine
import Services

/// The settings of the program, in the order in which `coffer config show` lists them.
enum ProgramSettings {
    static let table = SettingsTable(
        report + GainsSettings.specs + PriceSettings.specs + connections + ChainSettingSpecs.specs
            + TrackingSettingSpecs.specs + serving
            + oauth + bitcain + cryptfolio + TrustVaultSettingSpecs.specs + pages + limits
            + storage,
        otherEnvironmentNames: ["COFFER_DATA", "COFFER_BINARY", "COFFER_BENCH", "COFFER_LONG"],
        replaced: GainsSettings.replaced
    )

    private static let report: [SettingSpec] = [
        SettingSpec(
            "report.currency",
            .text,
            default: "USD",
            flag: "currency",
            placeholder: "CODE",
            "the currency of values, costs and gains"
        )
    ]

    private static func venueURL(_ venue: String, _ url: String, _ title: String) -> SettingSpec {
        SettingSpec(
            "connections.\(venue)_url",
            .formed(
                SettingForm("an address without a path such as \(url), or http:// on this computer") {
                    ConnectionSettings.isAddress($0)
                }
            ),
            default: url,
            "where \(title)'s API is"
        )
    }

    private static let connections: [SettingSpec] = [
        SettingSpec(
            "connections.sync_every",
            .duration(.seconds(60)...(.seconds(2_592_000))),
            default: "1h",
            "how often a server reads connected accounts"
        ),
        SettingSpec(
            "connections.retry_after",
            .duration(.seconds(1)...(.seconds(3600))),
            default: "1m",
            "the wait after a reading of a connected account that failed; it doubles with each further one"
        ),
        SettingSpec(
            "connections.retry_after_max",
            .duration(.seconds(60)...(.seconds(604_800))),
            default: "6h",
            "the longest of these waits"
        ),
        SettingSpec(
            "connections.retry_refused_after",
            .duration(.seconds(60)...(.seconds(2_592_000))),
            default: "1d",
            "the wait after an exchange refused the credentials"
        ),
        SettingSpec(
            "connections.accounts_max",
            .integer(1...1000),
            default: "16",
            "the most connected accounts of one user"
        ),
        SettingSpec(
            "connections.reading_pages_max",
            .integer(1...10_000),
            default: "200",
            "the pages of one account that one reading takes; the rest is read by the next one"
        ),
        SettingSpec(
            "connections.key_file",
            .text,
            default: "secret.key",
            "the file with the key that seals credentials; a name without a folder lies in the data folder"
        ),
        venueURL("coinbase", "https://api.coinbase.com", "Coinbase"),
        venueURL("kraken", "https://api.kraken.com", "Kraken"),
        venueURL("binanceus", "https://api.binance.us", "Binance.US"),
        SettingSpec(
            "connections.proxy",
            .formed(PriceSettings.proxyForm),
            "the proxy that exchanges are asked through"
        ),
    ]

    private static let serving: [SettingSpec] = [
        SettingSpec(
            "http.listen",
            .text,
            default: "127.0.0.1:8080",
            flag: "listen",
            placeholder: "ADDRESS:PORT",
            "where the APIs are served; port 0 for any free one"
        ),
        SettingSpec(
            "http.public_url",
            .formed(
                SettingForm("an address without a path such as https://coffer.example.org") {
                    OAuthSettings.isIssuer($0)
                }
            ),
            "what this server calls itself to applications; without it the address that it listens on"
        ),
        SettingSpec(
            "admin.listen",
            .text,
            default: "127.0.0.1:8081",
            flag: "admin-listen",
            placeholder: "ADDRESS:PORT",
            "where metrics and management are served; `off` for nowhere"
        ),
        SettingSpec(
            "admin.token",
            .secret,
            "the bearer token that metrics and management ask for; without one metrics are served to this computer only"
        ),
        SettingSpec(
            "http.access_log",
            .boolean,
            default: "true",
            "one line for each request on standard error"
        ),
        SettingSpec(
            "http.stop_grace",
            .duration(.seconds(0)...(.seconds(600))),
            default: "8s",
            "how long a stop waits for answers in flight"
        ),
    ]

    private static let oauth: [SettingSpec] = [
        SettingSpec(
            "oauth.access_token_life",
            .duration(.seconds(60)...(.seconds(86_400))),
            default: "2h",
            "how long an access token of an application lives"
        ),
        SettingSpec(
            "oauth.refresh_token_idle",
            .duration(.seconds(3600)...(.seconds(31_536_000))),
            default: "30d",
            "how long an application's refresh token lives that is not used"
        ),
        SettingSpec(
            "oauth.refresh_token_life",
            .duration(.seconds(3600)...(.seconds(31_536_000))),
            default: "90d",
            "how long an application goes on without asking its user again"
        ),
        SettingSpec(
            "oauth.require_pkce",
            .boolean,
            default: "false",
            "ask confidential applications for a code challenge too, as public ones always are"
        ),
        SettingSpec(
            "oauth.token_requests_per_minute",
            .integer(1...1_000_000),
            default: "20",
            "the requests for tokens of one application each minute"
        ),
    ]

    private static let bitcain: [SettingSpec] = [
        SettingSpec(
            "bitcain.signup",
            .choice(["loopback", "on", "off"]),
            default: "loopback",
            "who may make an account through the API: `loopback` for anybody while only this computer is served"
        ),
        SettingSpec(
            "bitcain.open_reads",
            .boolean,
            default: "false",
            "serve the reads that bitcain's page shows without authorization to anybody who knows an id"
        ),
        SettingSpec(
            "bitcain.access_token_life",
            .duration(.seconds(60)...(.seconds(86_400))),
            default: "15m",
            "how long an access token of a sign-in lives"
        ),
        SettingSpec(
            "bitcain.refresh_token_idle",
            .duration(.seconds(3600)...(.seconds(31_536_000))),
            default: "30d",
            "how long a refresh token lives that is not used"
        ),
        SettingSpec(
            "bitcain.refresh_token_life",
            .duration(.seconds(3600)...(.seconds(31_536_000))),
            default: "90d",
            "how long a sign-in lives, however often it is refreshed"
        ),
    ]

    private static let cryptfolio: [SettingSpec] = [
        SettingSpec(
            "cryptfolio.revision",
            .choice(["2018-01", "2019-03"]),
            default: "2018-01",
            "the revision of CryptFolio's documentation whose forms its API answers in"
        ),
        SettingSpec(
            "cryptfolio.port_2019",
            .integer(0...65_535),
            flag: "cryptfolio-2019",
            placeholder: "PORT",
            "a further port that serves CryptFolio's API in the forms of 2019-03; 0 for any free one"
        ),
        SettingSpec(
            "cryptfolio.public_requests_per_second",
            .integer(1...1_000_000),
            default: "20",
            "the requests of one address for what is public that refill each second"
        ),
    ]

    private static let pages: [SettingSpec] = [
        SettingSpec(
            "pages.enabled",
            .choice(["loopback", "on", "off"]),
            default: "loopback",
            "serve the pages where users sign in and manage keys: `loopback` while only this computer is served"
        ),
        SettingSpec(
            "pages.sign_up",
            .choice(SignUpRule.allCases.map(\.rawValue)),
            default: "first",
            "who may make an account on the pages: `first` for anybody until somebody has a password"
        ),
        SettingSpec(
            "pages.session_idle",
            .duration(.seconds(60)...(.seconds(2_592_000))),
            default: "12h",
            "how long a browser stays signed in that is not used"
        ),
        SettingSpec(
            "pages.session_life",
            .duration(.seconds(60)...(.seconds(31_536_000))),
            default: "14d",
            "how long a browser stays signed in at most"
        ),
    ]

    private static let limits: [SettingSpec] = [
        SettingSpec(
            "http.head_bytes_max",
            .bytes(1024...1_048_576),
            default: "16KiB",
            "the largest request head"
        ),
        SettingSpec(
            "http.target_bytes_max",
            .bytes(256...65_536),
            default: "8KiB",
            "the longest request target"
        ),
        SettingSpec("http.headers_max", .integer(8...1000), default: "100", "the most headers of a request"),
        SettingSpec(
            "http.body_bytes_max",
            .bytes(1024...67_108_864),
            default: "1MiB",
            "the largest JSON or form body"
        ),
        SettingSpec(
            "http.upload_bytes_max",
            .bytes(1024...1_073_741_824),
            default: "10MiB",
            "the largest uploaded file"
        ),
        SettingSpec(
            "http.head_deadline",
            .duration(.milliseconds(100)...(.seconds(600))),
            default: "10s",
            "how long a request head may take to arrive"
        ),
        SettingSpec(
            "http.body_deadline",
            .duration(.milliseconds(100)...(.seconds(3600))),
            default: "30s",
            "how long a request body may take to arrive"
        ),
        SettingSpec(
            "http.idle_deadline",
            .duration(.milliseconds(100)...(.seconds(3600))),
            default: "30s",
            "how long a connection may stay idle, or an answer untaken"
        ),
        SettingSpec(
            "http.connections_max",
            .integer(1...100_000),
            default: "2000",
            "the most connections at once"
        ),
        SettingSpec(
            "http.connections_per_address_max",
            .integer(1...100_000),
            default: "200",
            "the most connections of one address"
        ),
        SettingSpec(
            "http.in_flight_max",
            .integer(1...100_000),
            default: "256",
            "the most requests being answered at once"
        ),
        SettingSpec(
            "http.queue_max",
            .integer(0...100_000),
            default: "256",
            "the most requests waiting for a worker"
        ),
        SettingSpec(
            "rate.requests_per_second",
            .integer(1...1_000_000),
            default: "10",
            "the requests of one credential that refill each second"
        ),
        SettingSpec(
            "rate.burst",
            .integer(1...1_000_000),
            default: "60",
            "the requests of one credential at once"
        ),
        SettingSpec(
            "import.rows_max",
            .integer(1...100_000_000),
            default: "100000",
            "the most rows of an uploaded file"
        ),
    ]

    private static let storage: [SettingSpec] = [
        SettingSpec(
            "cache.bytes_max",
            .bytes(1_048_576...1_099_511_627_776),
            default: "512MiB",
            "the memory that Books and computed lots share"
        ),
        SettingSpec(
            "password.memory",
            .bytes(19_922_944...1_073_741_824),
            default: "64MiB",
            "the memory of one password hash"
        ),
        SettingSpec(
            "password.passes",
            .integer(2...10),
            default: "3",
            "the passes of one password hash"
        ),
    ]
}
