/** @module What Node lacks of the kernel, through koffi. Nothing of Samba; loaded when first asked. */
export { type Sending, sendDatagram } from './datagram.ts';
export { KernelError } from './kernel-error.ts';
export { type Counted, dumpConnections } from './sock-diag.ts';
export type { TcpConnection } from './sock-diag-messages.ts';
export { makeUndumpable } from './undumpable.ts';
