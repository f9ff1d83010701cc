/*
 * A driver that loops for ever cannot be interrupted: its compiled code counts down at every branch instead. The host
 * fills the count up whenever it enters the driver or lets it go on.
 */
__attribute__((import_module("env"), import_name("OwskOutOfFuel"))) void OwskOutOfFuel(void);

int OwskFuel;

/* Called by the driver's code at each branch: -fsanitize-coverage=trace-pc. */
void __sanitizer_cov_trace_pc(void) {
  if (--OwskFuel < 0) {
    OwskOutOfFuel();
  }
}
