typedef unsigned int size_t;
