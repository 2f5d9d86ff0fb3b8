#pragma once

#include <stddef.h>

// Files that ship inside the program, as bytes that live as long as the process.

// The European Central Bank's euro reference rates as US dollars for one unit of each currency:
// CSV, first line `date,AUD,BRL,…`, then one line for each day, cells empty where nothing was quoted.
const unsigned char *_Nonnull coffer_ecb_rates(void);

// The number of bytes of the rates.
size_t coffer_ecb_rates_size(void);
