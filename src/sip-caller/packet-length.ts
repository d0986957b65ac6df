/** How much sound a packet carries. */

/** Length of an audio packet, ms. */
export const packetMs = 20;
/** Samples in an audio packet at 8 kHz, and so the step of the RTP timestamp. */
export const packetSamples = 160;
