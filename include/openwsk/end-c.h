// Closes what begin-c.h opened.
#ifdef __cplusplus
}
#endif
