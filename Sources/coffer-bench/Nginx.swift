import Foundation

/// The server that figures are compared with: it answers with the same 100 bytes of JSON, or with a file of the work place.
struct Nginx {
    let port: UInt16
    private let process: Process

    static func start(_ place: WorkPlace) throws -> Nginx {
        let program = try Tool.required("nginx")
        let port = try Loopback.freePort()
        let start = "{\"status\":\"ok\",\"filling\":\""
        let body = start + String(repeating: "x", count: 98 - start.count) + "\"}"
        let configuration = """
            worker_processes auto;
            worker_cpu_affinity auto;
            daemon off;
            pid \(place.path("nginx.pid"));
            error_log \(place.path("nginx-error.log"));
            events { worker_connections 1024; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              keepalive_timeout 1h;
              client_body_temp_path \(place.path("nginx-body"));
              open_file_cache max=16;
              tcp_nopush on;
              proxy_temp_path \(place.path("nginx-proxy"));
              fastcgi_temp_path \(place.path("nginx-fastcgi"));
              uwsgi_temp_path \(place.path("nginx-uwsgi"));
              scgi_temp_path \(place.path("nginx-scgi"));
              server {
                listen 127.0.0.1:\(port);
                default_type application/json;
                location / { return 200 '\(body)'; }
                location /files/ { alias \(place.folder)/; }
              }
            }

            """
        let file = try place.write(configuration, to: "nginx.conf")
        let process = try Tool.start(
            program,
            ["-p", place.folder, "-c", file],
            log: place.path("nginx.log")
        )
        for _ in 0..<500 {
            if Loopback.get("/", port: port)?.body == body { return Nginx(port: port, process: process) }
            usleep(10_000)
        }
        process.stop()
        throw BenchError(message: "nginx did not start", isSkip: true)
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    func stop() { process.stop() }
}
