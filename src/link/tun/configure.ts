import { spawnSync } from 'node:child_process';
import { OpenWskError } from '../../base/index.ts';
import { PrefixTable } from '../prefix-table.ts';

/**
 * Gives the system's end of a device addresses and brings it up (`ip`, as root).
 * @param addresses with their prefixes, such as 10.87.0.1/24 and fd87::1/64
 * @throws OpenWskError OWSK_INVALID_ADDRESS; OWSK_NO_TUN with what `ip` says
 */
export const configureTun = (name: string, addresses: readonly string[]): void => {
  const checked = new PrefixTable<null>();
  for (const address of addresses) checked.add(address, null);
  if (addresses.length === 0) return;
  for (const address of addresses) {
    // Duplicate address detection would leave an IPv6 address unusable for a second; there is nobody to ask.
    const options = address.includes(':') ? ['nodad'] : [];
    ip('addr', 'replace', address, 'dev', name, ...options);
  }
  ip('link', 'set', name, 'up');
};

const ip = (...parameters: string[]): void => {
  const { status, stderr, error } = spawnSync('ip', parameters, { encoding: 'utf8' });
  if (status === 0) return;
  const said = error === undefined ? stderr.trim() : error.message;
  throw new OpenWskError('OWSK_NO_TUN', `ip ${parameters.join(' ')} failed: ${said}`, 'system');
};
