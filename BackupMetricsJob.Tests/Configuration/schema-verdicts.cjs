// Reads JSON lines, and writes for each whether it is valid by the schema that the first argument names: true, or the first error.
const fs = require('node:fs');
const Ajv = require('ajv/dist/2020');
const validate = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allowUnionTypes: true }).compile(JSON.parse(fs.readFileSync(process.argv[2], 'utf8')));
for (const line of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  console.log(validate(JSON.parse(line)) ? 'true' : JSON.stringify(validate.errors[0]));
}
