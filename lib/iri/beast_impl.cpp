// SPDX-License-Identifier: Apache-2.0
// The one translation unit that holds the bodies of Boost.Beast (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
