/** Whether the carriers answer, as Asterisk's own probes and registrations know it. */
import type { AmiPacket } from 'asterisk-manager';
import { AmiFailed, type Ami } from './ami.ts';

/** A trunk that Asterisk probes (`qualify_frequency`) or registers at. */
export interface TrunkState {
  /** Of the endpoint, or of the registration. */
  readonly name: string;
  readonly isUp: boolean;
  /** As Asterisk says it: `Unreachable`, `Rejected` … */
  readonly status: string;
}

/** Empty if Asterisk neither probes nor registers: then nobody knows. @throws AmiFailed */
export async function readTrunkStates(ami: Ami): Promise<TrunkState[]> {
  const contacts = await listOrNone(ami, 'PJSIPShowContacts');
  const registrations = await listOrNone(ami, 'PJSIPShowRegistrationsOutbound');
  return [...contacts.flatMap(stateOfContact), ...registrations.flatMap(stateOfRegistration)];
}

/** Asterisk answers an empty list with an error, and so it does without the module. */
async function listOrNone(ami: Ami, action: string): Promise<AmiPacket[]> {
  try {
    return await ami.list({ Action: action });
  } catch (error) {
    if (error instanceof AmiFailed && /no contacts found|unknown command/i.test(error.message)) return [];
    throw error;
  }
}

/** Of a contact in the configuration, which is a trunk's; those of phones come and go by REGISTER, and expire. */
function stateOfContact({ event, endpoint, status, expirationtime }: AmiPacket): TrunkState[] {
  if (event !== 'ContactList' || Number(expirationtime) !== 0) return [];
  if (status !== 'Reachable' && status !== 'Unreachable') return [];
  return [{ name: String(endpoint), isUp: status === 'Reachable', status }];
}

function stateOfRegistration({ event, objectname, status }: AmiPacket): TrunkState[] {
  if (event !== 'OutboundRegistrationDetail') return [];
  return [{ name: String(objectname), isUp: status === 'Registered', status: String(status) }];
}
