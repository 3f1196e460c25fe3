/* As mcconfig writes it for a board: nothing of ours is defined. */
