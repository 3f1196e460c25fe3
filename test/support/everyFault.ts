/** Every fault at every point, where a few of them show the same; .ci/run says so once. */
export const everyFault = process.env.CPNS_FAULTS === "all";
