/* SPDX-License-Identifier: BSD-3-Clause */
/* `show crypto pki ...` and `show crypto key mypubkey`. */
#pragma once

#include "controlplane/api_call.h"

json_t *api_show_pki_certificates(struct api_call *call);
json_t *api_show_pki_trustpoints(struct api_call *call);
json_t *api_show_pki_keys(struct api_call *call);
