/*
 * A driver that loops for ever cannot be interrupted: its compiled code counts down at every branch instead. Each
 * time the count is used up the host notes that and fills it up again, as long as that is not too often.
 */
__attribute__((import_module("env"), import_name("OwskOutOfFuel"))) void OwskOutOfFuel(void);

int OwskFuel;

/* Called by the driver's code at each branch: -fsanitize-coverage=trace-pc. */
void __sanitizer_cov_trace_pc(void) {
  if (--OwskFuel < 0) {
    OwskOutOfFuel();
  }
}
