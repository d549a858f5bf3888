// OpenSSL's TLS, and functions in place of its macros, which Swift does not see.
#pragma once
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// Partial writes from memory that may have moved, and no buffers for a connection that is idle. No compression, no renegotiation; and
// a peer that hangs up without a word is one that has ended: what it has sent by then shows in HTTP's own framing.
static inline void postern_ssl_ctx_set_behavior(SSL_CTX *context) {
    SSL_CTX_set_mode(
        context,
        SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
    );
    SSL_CTX_set_options(
        context,
        SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF
    );
    // One system call takes a record's head and body together, and what follows.
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}
static inline int postern_ssl_ctx_set_min_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}
static inline int postern_ssl_ctx_set_groups(SSL_CTX *context, const char *list) {
    return (int)SSL_CTX_set1_groups_list(context, list);
}
static inline int postern_ssl_ctx_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add0_chain_cert(context, certificate);
}
static inline int postern_err_reason(unsigned long code) { return ERR_GET_REASON(code); }
static inline int postern_err_library(unsigned long code) { return ERR_GET_LIB(code); }
static inline int postern_x509_stack_count(const STACK_OF(X509) *stack) { return sk_X509_num(stack); }
static inline X509 *postern_x509_stack_take(STACK_OF(X509) *stack) { return sk_X509_shift(stack); }
static inline void postern_x509_stack_free(STACK_OF(X509) *stack) { sk_X509_pop_free(stack, X509_free); }
static inline int postern_x509_days_left(const X509 *certificate, int *days, int *seconds) {
    return ASN1_TIME_diff(days, seconds, NULL, X509_get0_notAfter(certificate));
}
static inline int postern_x509_is_early(const X509 *certificate) {
    return X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0;
}
static inline void postern_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline void postern_bio_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void postern_bio_retry_write(BIO *bio) { BIO_set_retry_write(bio); }
// HMAC-SHA-256 for a session ticket. The parameters point to their names, which only C keeps in place.
static inline int postern_mac_set_key(EVP_MAC_CTX *mac, const unsigned char *key, size_t count) {
    OSSL_PARAM parameters[3];
    parameters[0] = OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, (void *)key, count);
    parameters[1] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0);
    parameters[2] = OSSL_PARAM_construct_end();
    return EVP_MAC_CTX_set_params(mac, parameters);
}
// For tests.
static inline int postern_ssl_set_max_version(SSL *session, int version) {
    return (int)SSL_set_max_proto_version(session, version);
}
static inline void postern_ssl_watch_records(
    SSL *session,
    void (*watcher)(int isWritten, int version, int type, const void *bytes, size_t count, SSL *session, void *argument),
    void *argument
) {
    SSL_set_msg_callback(session, watcher);
    SSL_set_msg_callback_arg(session, argument);
}
