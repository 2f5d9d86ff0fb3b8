import HTTPServer
import Services

/// Counters in the text form that Prometheus reads (exposition format 0.0.4).
enum MetricsText {
    static func render(_ metrics: HTTPMetrics, _ workspace: Workspace) -> [UInt8] {
        var text = ""
        gauge(
            "coffer_http_requests_in_flight",
            "Requests that a handler works on.",
            metrics.requestsInFlight,
            &text
        )
        gauge("coffer_http_connections", "Open connections.", metrics.connections, &text)
        counter("coffer_http_connections_total", "Connections accepted.", metrics.connectionsAccepted, &text)
        counter("coffer_http_received_bytes_total", "Bytes of request bodies.", metrics.bytesReceived, &text)
        routes(metrics.routeCounts, &text)
        rejections(metrics, &text)
        counter("coffer_commits_total", "Commits written through to the disk.", workspace.commitCount, &text)
        counter("coffer_writes_total", "Writes that these commits carried.", workspace.writeCount, &text)
        return Array(text.utf8)
    }

    private static func head(_ name: String, _ help: String, _ type: String, _ text: inout String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    private static func gauge(_ name: String, _ help: String, _ value: Int, _ text: inout String) {
        head(name, help, "gauge", &text)
        text += "\(name) \(value)\n"
    }

    private static func counter(_ name: String, _ help: String, _ value: Int, _ text: inout String) {
        head(name, help, "counter", &text)
        text += "\(name) \(value)\n"
    }

    private static func routes(_ counts: [HTTPRouteCounts], _ text: inout String) {
        head("coffer_http_requests_total", "Answers by route and class of status.", "counter", &text)
        for route in counts {
            for (index, count) in route.statusClasses.enumerated() where count > 0 {
                text +=
                    "coffer_http_requests_total{route=\"\(route.name)\",status=\"\(index + 1)xx\"} \(count)\n"
            }
        }
        head("coffer_http_sent_bytes_total", "Bytes of answers by route.", "counter", &text)
        for route in counts where route.bytesSent > 0 {
            text += "coffer_http_sent_bytes_total{route=\"\(route.name)\"} \(route.bytesSent)\n"
        }
        head("coffer_http_request_seconds", "Time from head to answer by route.", "histogram", &text)
        for route in counts where route.durations.contains(where: { $0 > 0 }) { histogram(route, &text) }
    }

    private static func histogram(_ route: HTTPRouteCounts, _ text: inout String) {
        let name = "coffer_http_request_seconds"
        var sum = 0
        for (index, count) in route.durations.enumerated() {
            sum += count
            let bounds = HTTPMetrics.durationBoundsMicroseconds
            let bound = index < bounds.count ? seconds(bounds[index]) : "+Inf"
            text += "\(name)_bucket{route=\"\(route.name)\",le=\"\(bound)\"} \(sum)\n"
        }
        text += "\(name)_sum{route=\"\(route.name)\"} \(seconds(route.durationMicrosecondsTotal))\n"
        text += "\(name)_count{route=\"\(route.name)\"} \(sum)\n"
    }

    private static func rejections(_ metrics: HTTPMetrics, _ text: inout String) {
        head(
            "coffer_http_rejected_total",
            "Requests and connections turned away by reason.",
            "counter",
            &text
        )
        for reason in HTTPRejection.allCases {
            text += "coffer_http_rejected_total{reason=\"\(reason)\"} \(metrics.rejected(reason))\n"
        }
    }

    /// Microseconds as seconds with a decimal point.
    private static func seconds(_ microseconds: Int) -> String {
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}
