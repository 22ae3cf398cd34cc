return 70; // nothing is scheduled yet
