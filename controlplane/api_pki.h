/* SPDX-License-Identifier: BSD-3-Clause */
/* The API methods behind the exec commands `crypto pki` and `crypto key`. */
#pragma once

#include "controlplane/api_call.h"

json_t *api_pki_authenticate(struct api_call *call);
json_t *api_pki_enroll(struct api_call *call);
json_t *api_pki_import(struct api_call *call);
json_t *api_pki_export(struct api_call *call);
json_t *api_pki_crl_request(struct api_call *call);
json_t *api_pki_generate(struct api_call *call);
json_t *api_pki_zeroize(struct api_call *call);
