/** Unwinds everything that the device was doing: the host catches it and the device is off. */
export class PowerCut extends Error {
  constructor() {
    super("power cut");
    this.name = "PowerCut";
  }
}

/** One life of a part of a device that keeps its state: it ends with the power, and nothing is done after it. */
export class Powered {
  #powered = true;

  off(): void {
    this.#powered = false;
  }

  /** Throws PowerCut when there is no power any more, or when it goes meanwhile. */
  protected use<T>(operation: () => T): T {
    if (!this.#powered) throw new PowerCut();
    try {
      return operation();
    } catch (error) {
      if (error instanceof PowerCut) this.off();
      throw error;
    }
  }
}
