"""The local web application: patients, visits, videos with their analysis, and corrections in place."""
