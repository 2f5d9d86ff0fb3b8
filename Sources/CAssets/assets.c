#include "assets.h"

static const unsigned char ecb_rates[] = {
#embed "ecb-rates.csv"
};

const unsigned char *coffer_ecb_rates(void) { return ecb_rates; }

size_t coffer_ecb_rates_size(void) { return sizeof ecb_rates; }
