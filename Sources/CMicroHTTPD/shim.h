#pragma once
#include <microhttpd.h>

/// Starts a daemon on a listening socket of ours; null when the library refuses.
static inline struct MHD_Daemon *coffer_mhd_start(
    int listen_socket, unsigned int loops, unsigned int connections, size_t connection_memory,
    MHD_AcceptPolicyCallback accept, MHD_AccessHandlerCallback handle,
    MHD_RequestCompletedCallback completed, void *(*target)(void *, const char *, struct MHD_Connection *),
    size_t (*unescape)(void *, struct MHD_Connection *, char *),
    MHD_NotifyConnectionCallback connection, void *context)
{
    struct MHD_OptionItem pool[] = {
        {loops > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t) loops, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC,
        0, accept, context, handle, context,
        MHD_OPTION_LISTEN_SOCKET, listen_socket,
        MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory,
        MHD_OPTION_NOTIFY_COMPLETED, completed, context,
        MHD_OPTION_URI_LOG_CALLBACK, target, context,
        MHD_OPTION_UNESCAPE_CALLBACK, unescape, context,
        MHD_OPTION_NOTIFY_CONNECTION, connection, context,
        MHD_OPTION_STRICT_FOR_CLIENT, 0,
        MHD_OPTION_ARRAY, pool,
        MHD_OPTION_END);
}

/// The socket's own context pointer, or null.
static inline void *coffer_mhd_socket_context(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

/// The socket of a connection, or -1.
static inline int coffer_mhd_socket(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

/// The peer's address, or null.
static inline const struct sockaddr *coffer_mhd_peer(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info == NULL ? NULL : info->client_addr;
}

/// Bytes of the request's head, the request line included; 0 when not known.
static inline size_t coffer_mhd_head_size(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info == NULL ? 0 : info->header_size;
}

/// A response over a copy of the bytes; null when memory is short.
static inline struct MHD_Response *coffer_mhd_response(const void *bytes, size_t count)
{
    return MHD_create_response_from_buffer(count, (void *) bytes, MHD_RESPMEM_MUST_COPY);
}

#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>

/// Bytes received on a TCP socket since it was opened; 0 where the kernel does not say.
///
/// `tcpi_bytes_received` of Linux's `struct tcp_info` stands at offset 128; the C library's own
/// `struct tcp_info` is older and ends before it, and the two headers exclude each other.
static inline unsigned long long coffer_tcp_bytes_received(int descriptor)
{
    unsigned char info[256];
    socklen_t size = sizeof info;
    unsigned long long count = 0;
    if (getsockopt(descriptor, IPPROTO_TCP, 11 /* TCP_INFO */, info, &size) == 0 && size >= 136)
        memcpy(&count, info + 128, sizeof count);
    return count;
}

/// Shuts both directions of a socket; the constant is an enumeration without a name, which Swift does not import.
static inline void coffer_shut_down(int descriptor)
{
    shutdown(descriptor, SHUT_RDWR);
}

/// Whether a notification tells of a new connection rather than of a closed one.
static inline int coffer_mhd_is_started(enum MHD_ConnectionNotificationCode code)
{
    return code == MHD_CONNECTION_NOTIFY_STARTED;
}

/// Calls back for each header of the request in its order.
static inline void coffer_mhd_walk_headers(
    struct MHD_Connection *connection, MHD_KeyValueIteratorN iterator, void *context)
{
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, iterator, context);
}
