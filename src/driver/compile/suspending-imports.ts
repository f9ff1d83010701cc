/**
 * The kernel calls that may suspend a driver, until the table of the driver host names them: whatever may wait, and
 * whatever may call back into the driver before it returns (a completion routine may wait).
 */
export const suspendingImports: readonly string[] = [
  'KeWaitForSingleObject',
  'KeWaitForMultipleObjects',
  'KeDelayExecutionThread',
  'ZwWaitForSingleObject',
  'ExAcquireFastMutex',
  'ExWaitForRundownProtectionRelease',
  'PsTerminateSystemThread',
  'IofCallDriver',
  'IofCompleteRequest',
  'IoCancelIrp',
  'WskDeregister',
  'WskCaptureProviderNPI',
];
