#include "schema.h"

static const unsigned char initial[] = {
#embed "0001_initial.sql"
};

static const unsigned char closed_years[] = {
#embed "0002_closed_years.sql"
};

static const unsigned char portfolios[] = {
#embed "0003_portfolios.sql"
};

static const unsigned char tracking[] = {
#embed "0004_tracking.sql"
};

static const coffer_schema_step steps[] = {
    {1, "initial", initial, sizeof initial},
    {2, "closed_years", closed_years, sizeof closed_years},
    {3, "portfolios", portfolios, sizeof portfolios},
    {4, "tracking", tracking, sizeof tracking},
};

const coffer_schema_step *coffer_schema(void) { return steps; }

size_t coffer_schema_count(void) { return sizeof steps / sizeof steps[0]; }
