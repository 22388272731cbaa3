#include "io/api/digest.hpp"

#include <doctest/doctest.h>

#include "io/api/access.hpp"
#include "io/api/base64.hpp"

using namespace vilfredo::api;

// FIPS 180-4's example, RFC 4231's second, and RFC 1321's.
TEST_CASE("digests are those of the standards") {
  CHECK(hash_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256("abc").size() == 32);
  CHECK(to_base64(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
  CHECK(to_base64(md5("message digest")) == "-WtpfXy3k41SWi8xqvFh0A");
}
