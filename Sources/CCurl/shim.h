// libcurl's variadic calls in forms that Swift can call, one for each type of argument.
#pragma once
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

// glibc 2.32: the text of an error number, or null; unlike strerror it shares no buffer between threads.
extern const char *strerrordesc_np(int error);
static inline const char *ccurl_system_error_text(int error) { return strerrordesc_np(error); }

static inline CURLcode ccurl_set_number(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}
// libcurl copies texts, except where an option's manual says otherwise.
static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}
// The shape of CURLOPT_HEADERFUNCTION and CURLOPT_WRITEFUNCTION.
typedef size_t (*ccurl_sink)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode ccurl_set_sink(CURL *easy, CURLoption option, ccurl_sink value) {
    return curl_easy_setopt(easy, option, value);
}
// The shape of CURLOPT_READFUNCTION.
static inline CURLcode ccurl_set_source(CURL *easy, ccurl_sink value) {
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, value);
}
static inline CURLcode ccurl_set_prerequest(CURL *easy, curl_prereq_callback value) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, value);
}
static inline CURLMcode ccurl_multi_set_number(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}
// CURLMOPT_SOCKETFUNCTION: told what is to be waited for at each socket.
static inline CURLMcode ccurl_multi_on_socket(CURLM *multi, void *context, curl_socket_callback callback) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    return code != CURLM_OK ? code : curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
}
// CURLMOPT_TIMERFUNCTION: told in how many milliseconds libcurl wants to be called; -1 for never.
static inline CURLMcode ccurl_multi_on_timer(CURLM *multi, void *context, curl_multi_timer_callback callback) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code != CURLM_OK ? code : curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
}
static inline long ccurl_get_number(CURL *easy, CURLINFO info) {
    long value = 0;
    curl_easy_getinfo(easy, info, &value);
    return value;
}
static inline void *ccurl_get_private(CURL *easy) {
    char *value = 0;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value);
    return value;
}
// The next finished transfer, or null; its outcome goes to `result`.
static inline CURL *ccurl_next_finished(CURLM *multi, CURLcode *result) {
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));)
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    return 0;
}
