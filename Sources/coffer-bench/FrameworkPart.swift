import Foundation

/// Requests per second beside FastAPI on uvicorn, which serves the bodies that Coffer answered.
enum FrameworkPart {
    /// The entries of the user who asks.
    private static let entries = 100_000

    /// A path with the key of its figures and what is expected of it.
    private struct Subject {
        let key: String
        let path: String
        var bar: Bar?
        /// What is expected beside FastAPI answering the same bytes.
        var ratioBar: Bar?
        /// The path under which FastAPI answers the same from models.
        var modelPath: String?
    }

    private static let subjects = [
        Subject(key: "balances", path: Served.balancesPath, ratioBar: .atLeast(4)),
        Subject(
            key: "history",
            path: Served.historyPath,
            bar: .atLeast(5_000),
            modelPath: "/models" + Served.historyPath
        ),
    ]

    static func run(_ options: BenchOptions, _ place: WorkPlace, _ report: inout Report) throws {
        let wrk = try Wrk(place, name: "get.lua")
        try FastAPI.fetch()
        let nginx = try Nginx.start(place)
        defer { nginx.stop() }
        let folder = place.path("served")
        let token = try Served.seed(folder, entries: entries)
        defer { place.remove("served") }
        let served = try Served.start(place, folder: folder, token: token)
        defer { served.stop() }
        try served.waitUntilReady()
        for subject in subjects {
            guard let answer = Loopback.get(subject.path, port: served.port, token: token),
                answer.status == 200
            else { throw BenchError(message: "\(subject.path) is not answered with 200") }
            _ = try place.write(answer.body, to: subject.key + ".json")
            report.add(
                "fastapi.\(subject.key).body",
                title(subject) + ", body",
                Double(answer.body.utf8.count),
                "bytes"
            )
        }
        let fastAPI = try FastAPI.start(place)
        defer { fastAPI.stop() }
        for subject in subjects {
            let theirs = Loopback.get(subject.path, port: fastAPI.port, token: token)
            guard theirs?.status == 200, theirs?.body == (try place.read(subject.key + ".json")) else {
                throw BenchError(message: "FastAPI answers \(subject.path) with something else")
            }
        }
        try measure(options, wrk, nginx, served, fastAPI, &report)
    }

    private static func title(_ subject: Subject) -> String {
        subject.path.replacing("/api/v1/portfolio", with: "") + " of \(entries) entries"
    }

    private static func measure(
        _ options: BenchOptions,
        _ wrk: Wrk,
        _ nginx: Nginx,
        _ served: Served,
        _ fastAPI: FastAPI,
        _ report: inout Report
    ) throws {
        let seconds = options.isQuick ? 2 : 6
        var bare: [Double] = []
        var rates: [String: [Double]] = [:]
        func rate(_ url: String) throws -> Double {
            let run = try wrk.run(url, seconds: seconds, headers: [served.authorization])
            guard run.failures == 0 else {
                throw BenchError(message: "\(run.failures) requests to \(url) failed under load")
            }
            return run.requestsPerSecond
        }
        for _ in 0..<options.rounds(3) {
            bare.append(try rate(nginx.url("/")))
            for subject in subjects {
                let key = subject.key
                rates[key + ".coffer", default: []].append(try rate(served.url(subject.path)))
                rates[key + ".fastapi", default: []].append(try rate(fastAPI.url(subject.path)))
                rates[key + ".nginx", default: []].append(try rate(nginx.url("/files/\(key).json")))
                guard let path = subject.modelPath else { continue }
                rates[key + ".models", default: []].append(try rate(fastAPI.url(path)))
            }
        }
        report.add("fastapi.nginx", "nginx return 200, 100 bytes", median(bare), "requests/s")
        for subject in subjects { add(subject, rates.mapValues { median($0) }, &report) }
    }

    private static func add(_ subject: Subject, _ rates: [String: Double], _ report: inout Report) {
        let (name, key) = (title(subject), "fastapi." + subject.key)
        func rate(_ who: String) -> Double { rates[subject.key + who] ?? 0 }
        func add(_ who: String, _ words: String, _ value: Double, bar: Bar? = nil) {
            report.add(key + who, name + words, value, "requests/s", bar: bar)
        }
        func ratio(_ who: String, _ words: String, bar: Bar?) {
            let times = rate(".coffer") / rate(who)
            report.add(key + who + ".ratio", name + words, times, "times", decimals: 1, bar: bar)
        }
        add(".coffer", "", rate(".coffer"), bar: subject.bar)
        add(".nginx", ", the same bytes from a file by nginx", rate(".nginx"))
        add(".fastapi", ", the same bytes by FastAPI", rate(".fastapi"))
        ratio(".fastapi", ", of FastAPI's bytes", bar: subject.ratioBar)
        guard subject.modelPath != nil else { return }
        add(".models", ", the same from pydantic models by FastAPI", rate(".models"))
        ratio(".models", ", of FastAPI's models", bar: .atLeast(4))
    }
}

/// FastAPI on uvicorn with two workers, uvloop and httptools.
struct FastAPI {
    let port: UInt16
    private let process: Process

    private static let python = ".build/peers/bin/python"

    /// Gets the programs; without them the part is skipped.
    static func fetch() throws {
        guard try Tool.lines(of: "bash", ["Scripts/fetch-peers", "FastAPI"], take: { _ in }) == 0 else {
            throw BenchError(message: "FastAPI and uvicorn cannot be had from PyPI", isSkip: true)
        }
    }

    /// Starts it on the bodies in the work place and waits until it answers.
    static func start(_ place: WorkPlace) throws -> FastAPI {
        let port = try Loopback.freePort()
        let process = try Tool.start(
            python,
            [
                "-m", "uvicorn", "--app-dir", "Scripts/peers", "fastapi_side:app", "--port", String(port),
                "--workers", "2", "--loop", "uvloop", "--http", "httptools", "--no-access-log",
                "--log-level", "warning",
            ],
            log: place.path("uvicorn.log"),
            variables: ["COFFER_BENCH_BODIES": place.folder]
        )
        for _ in 0..<1_000 {
            if Loopback.get("/openapi.json", port: port)?.status == 200 {
                return FastAPI(port: port, process: process)
            }
            usleep(10_000)
        }
        process.stop()
        let said = Machine.text(of: place.path("uvicorn.log")) ?? ""
        throw BenchError(message: "FastAPI gave no answer within 10 s: \(said)")
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    func stop() { process.stop() }
}
