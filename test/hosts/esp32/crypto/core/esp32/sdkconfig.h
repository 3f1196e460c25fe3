/* CONFIG_BT_ENABLED comes from the command line. */
