/** The script of the call, with the parts of the application that it runs on. */
import type { Admission } from './application/admission.ts';
import { openOutgoingLine } from './application/outgoing-line.ts';
import type { AriConnection } from './asterisk/ari/ari-connection.ts';
import type { CallBackLine } from './call/call-back-line.ts';
import { isCallBack } from './call/call-id.ts';
import type { Channel } from './call/channel.ts';
import { CallBackOrders } from './hotline/call-back/orders.ts';
import { identityRule, numberForms } from './hotline/caller-identity.ts';
import type { Branches } from './hotline/branches.ts';
import type { Hotline } from './hotline/context.ts';
import { recordRefusal, takeCall } from './hotline/take-call.ts';
import type { Logger } from './logger.ts';
import type { MysqlRegistry } from './mysql/registry/mysql-registry.ts';
import type { CallJournal } from './records/call-journal.ts';
import { CallLedger, type CallNames } from './records/call-ledger.ts';
import { callBackRulesOf, scriptOf, type ServeConfig as Config } from './serve-settings.ts';

interface HotlineParts {
  readonly instanceId: string;
  readonly registry: MysqlRegistry;
  readonly admission: Admission;
  readonly soundLengths: ReadonlyMap<string, number>;
  readonly journal: CallJournal;
}

/** What all calls of this process share. */
export function openHotline(
  config: Config,
  logger: Logger,
  { instanceId, registry, admission, soundLengths, journal }: HotlineParts,
  ari: AriConnection,
): Hotline {
  const onFault = (error: unknown, { callId, channelId }: CallNames) =>
    logger.error('the record of a call could not be kept', { callId, channelId, error });
  const onShared = ({ callId }: CallNames, calls: number) =>
    logger.warn('refused calls share one audit row', { callId, calls });
  return {
    instanceId,
    node: config.NODE_NAME,
    hashKeys: { current: config.HASH_KEY, before: config.HASH_KEYS_BEFORE[0] },
    registry,
    ledger: new CallLedger({ registry, journal, onFault, onShared }),
    logger,
    script: scriptOf(config, soundLengths),
    callBacks: openCallBacks(config, openOutgoingLine(ari, admission)),
  };
}

function openCallBacks(config: Config, line: CallBackLine): CallBackOrders | null {
  const rules = callBackRulesOf(config);
  return rules === null ? null : new CallBackOrders({ ...rules, line });
}

/** @param args what the dialplan passes to `Stasis()`: the name of a branch first */
export function admit(
  channel: Channel,
  [wanted, rule, numbers]: readonly string[],
  admission: Admission,
  hotline: Hotline,
  branches: Branches,
): void {
  const branch = branches.get(wanted ?? '');
  if (branch === undefined) {
    // A leg called by a process that has died or given up, or a mistake in the dialplan.
    if (!isCallBack(channel))
      hotline.logger.warn('the dialplan names a branch that src/hotline/branches does not have', {
        channelId: channel.id,
        branch: wanted?.slice(0, 32),
      });
    return void channel.hangUp();
  }
  const serve = (line: Channel) => takeCall(line, hotline, branch, identityRule(rule), numberForms(numbers));
  const refusal = admission.admit(channel, serve, !hotline.ledger.isFull);
  if (refusal !== null) recordRefusal(channel, hotline, branch, refusal);
}
