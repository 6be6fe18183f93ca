// SPDX-License-Identifier: Apache-2.0
// The one translation unit that holds the bodies of Boost.Asio's TLS (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/ssl/impl/src.hpp>
