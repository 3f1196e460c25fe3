/** In place of the SDK's `Core2IMU`, which its list of this board's parts imports: 13 KB of drivers that nobody uses. */
export default class Core2IMU {}
