/** Where ARI and AMI are reached. */
import type { AsteriskConfig } from './asterisk-config.ts';

/** Where the PBX takes ARI and AMI, once the changes are made. */
export interface PbxAddresses {
  readonly ARI_URL: string;
  readonly AMI_HOST: string;
  readonly AMI_PORT: string;
}

/** By the PBX's own settings, and Asterisk's defaults. */
export function addressesOf(http: AsteriskConfig, manager: AsteriskConfig): PbxAddresses {
  const [host, port, prefix] = ['bindaddr', 'bindport', 'prefix'].map((name) => http.value('general', name));
  return {
    ARI_URL: `http://${reachable(host)}:${port || '8088'}${prefix ? `/${prefix.replace(/^\/+/, '')}` : ''}`,
    AMI_HOST: reachable(manager.value('general', 'bindaddr')),
    AMI_PORT: manager.value('general', 'port') || '5038',
  };
}

/** Where this machine reaches a server that listens at `address`. */
function reachable(address: string | undefined): string {
  if (!address || address === '0.0.0.0' || address === '::' || address === '[::]') return '127.0.0.1';
  return address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
}
