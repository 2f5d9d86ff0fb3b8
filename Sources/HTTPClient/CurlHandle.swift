import CCurl

/// A handle of the library with its open connections; one request at a time.
@safe
final class CurlHandle: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer

    /// Nil when the library gives none.
    init?() {
        guard let handle = unsafe curl_easy_init() else { return nil }
        unsafe self.handle = unsafe handle
    }

    deinit {
        unsafe curl_easy_cleanup(handle)
    }

    /// Sends a request; what comes goes into the transfer.
    func perform(
        _ request: OutgoingRequest,
        url: String,
        userAgent: String,
        proxy: String?,
        limits: CurlTransport.Limits,
        _ transfer: Transfer
    ) -> (code: CURLcode, status: Int) {
        // Options go, connections stay.
        unsafe curl_easy_reset(handle)
        setRules(limits)
        set(CURLOPT_URL, url)
        set(CURLOPT_USERAGENT, userAgent)
        // An empty text also keeps the environment's proxy out.
        set(CURLOPT_PROXY, proxy ?? "")
        setBody(request)
        var list: UnsafeMutablePointer<curl_slist>?
        // No waiting for an interim answer before a body is sent.
        unsafe list = unsafe curl_slist_append(nil, "Expect:")
        for header in request.headers {
            let line = header.value.isEmpty ? header.name + ";" : header.name + ": " + header.value
            unsafe list = unsafe curl_slist_append(list, line) ?? list
        }
        defer { unsafe curl_slist_free_all(list) }
        _ = unsafe coffer_curl_set_pointer(handle, CURLOPT_HTTPHEADER, list)
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        _ = unsafe coffer_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = unsafe coffer_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        _ = unsafe coffer_curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
        _ = unsafe coffer_curl_set_receiver(handle, CURLOPT_WRITEFUNCTION, receiveBody)
        _ = unsafe coffer_curl_set_receiver(handle, CURLOPT_HEADERFUNCTION, receiveHeader)
        _ = unsafe coffer_curl_set_opener(handle, openSocket)
        let code = withExtendedLifetime(transfer) { unsafe curl_easy_perform(handle) }
        var status = 0
        _ = unsafe coffer_curl_status(handle, &status)
        // The headers hold secrets and their list ends here; the transfer ends with its caller.
        unsafe curl_easy_reset(handle)
        return (code, status)
    }

    private func setRules(_ limits: CurlTransport.Limits) {
        set(CURLOPT_PROTOCOLS_STR, "https,http")
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_HTTP09_ALLOWED, 0)
        set(CURLOPT_TIMEOUT_MS, limits.timeoutMilliseconds)
        set(CURLOPT_CONNECTTIMEOUT_MS, limits.connectMilliseconds)
        _ = unsafe coffer_curl_set_size(
            handle,
            CURLOPT_MAXFILESIZE_LARGE,
            curl_off_t(limits.bodyBytesMax)
        )
    }

    private func setBody(_ request: OutgoingRequest) {
        switch request.method {
        case "GET" where request.body.isEmpty: set(CURLOPT_HTTPGET, 1)
        case "HEAD": set(CURLOPT_NOBODY, 1)
        default:
            set(CURLOPT_POST, 1)
            set(CURLOPT_CUSTOMREQUEST, request.method)
            _ = unsafe coffer_curl_set_size(
                handle,
                CURLOPT_POSTFIELDSIZE_LARGE,
                curl_off_t(request.body.count)
            )
            let bytes = request.body.isEmpty ? [0] : request.body
            _ = unsafe bytes.withUnsafeBytes { unsafe coffer_curl_set_body(handle, $0.baseAddress) }
        }
    }

    private func set(_ option: CURLoption, _ value: Int) {
        _ = unsafe coffer_curl_set_long(handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: String) {
        _ = unsafe coffer_curl_set_text(handle, option, value)
    }
}
