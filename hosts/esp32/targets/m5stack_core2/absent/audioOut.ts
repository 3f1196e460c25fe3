/**
 * In place of the SDK's `pins/audioout`, which its set-up of this board imports and, without a start-up sound, never
 * makes. The SDK's own needs a library of ESP-IDF that its manifest does not name, so that the firmware does not link.
 */
export default class AudioOut {}
