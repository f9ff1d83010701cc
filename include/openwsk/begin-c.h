// Opens extern "C" in C++. Included again and again, each time closed by end-c.h.
#ifdef __cplusplus
extern "C" {
#endif
